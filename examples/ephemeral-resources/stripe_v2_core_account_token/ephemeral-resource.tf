ephemeral "stripe_v2_core_account_token" "example" {
  contact_email = "ada@example.com"
  display_name  = "Ada Lovelace"
}
