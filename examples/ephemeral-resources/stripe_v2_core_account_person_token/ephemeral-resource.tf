ephemeral "stripe_v2_core_account_person_token" "example" {
  account    = stripe_v2_core_account.example.id
  given_name = "Ada"
  surname    = "Lovelace"
}
