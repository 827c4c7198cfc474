resource "stripe_payment_link" "example" {
  line_items            = [{ price = stripe_price.example.id, quantity = 1 }]
  allow_promotion_codes = true

  after_completion = {
    type     = "redirect"
    redirect = { url = "https://example.com/thanks" }
  }
}

output "buy" {
  value = stripe_payment_link.example.url
}
