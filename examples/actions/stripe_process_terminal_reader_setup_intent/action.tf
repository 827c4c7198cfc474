action "stripe_process_terminal_reader_setup_intent" "example" {
  config {
    setup_intent    = stripe_setup_intent.example.id
    terminal_reader = stripe_terminal_reader.example.id
    allow_redisplay = "always"
  }
}
