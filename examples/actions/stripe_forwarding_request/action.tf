action "stripe_forwarding_request" "example" {
  config {
    payment_method = stripe_payment_method.example.id
    replacements   = ["card_number", "card_expiry"]
    request = {
      headers = [{ name = "Content-Type", value = "application/json" }]
      body    = jsonencode({ card = { number = "", exp_month = "", exp_year = "" } })
    }
    url = "https://processor.example.com/charges"
  }
}
