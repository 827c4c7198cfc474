resource "stripe_subscription_schedule" "example" {
  customer   = stripe_customer.example.id
  start_date = 1924992000

  default_settings = {
    collection_method = "send_invoice"
    invoice_settings  = { days_until_due = 30 }
  }

  phases = [{
    items    = [{ price = stripe_price.example.id, quantity = 1 }]
    duration = { interval = "year", interval_count = 1 }
  }]
}
