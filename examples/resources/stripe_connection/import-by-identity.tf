import {
  to = stripe_connection.example
  identity = {
    location = "us-central1"
    name     = "shop"
  }
}
