action "stripe_set_terminal_reader_display" "example" {
  config {
    terminal_reader = stripe_terminal_reader.example.id
    type            = "cart"
    cart = {
      currency   = "usd"
      total      = 1200
      line_items = [{ description = "Tea", amount = 1200, quantity = 1 }]
    }
  }
}
