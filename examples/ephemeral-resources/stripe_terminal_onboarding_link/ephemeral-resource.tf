ephemeral "stripe_terminal_onboarding_link" "example" {
  link_type    = "apple_terms_and_conditions"
  link_options = { apple_terms_and_conditions = { merchant_display_name = "Shop" } }
}
