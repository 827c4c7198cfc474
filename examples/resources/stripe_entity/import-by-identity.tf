import {
  to = stripe_entity.example
  identity = {
    entity = "Customer"
    id     = "cus_123"
  }
}
