action "stripe_delete_customer_discount" "example" {
  config {
    customer = stripe_customer.example.id
  }
}
