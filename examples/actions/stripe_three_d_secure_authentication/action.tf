action "stripe_three_d_secure_authentication" "example" {
  config {
    amount           = 1099
    currency         = "eur"
    message_category = "payment_authentication"
    acquirer_details = {
      acquirer_bin         = "411111"
      acquirer_country     = "DE"
      acquirer_merchant_id = "123456789"
    }
    channel = {
      type = "browser"
      browser = {
        accept_header      = "*/*"
        ip_address         = "192.0.2.1"
        javascript_enabled = false
        language           = "de"
        user_agent         = "Mozilla/5.0"
      }
    }
  }
}
