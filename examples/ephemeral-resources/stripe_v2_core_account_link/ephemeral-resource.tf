ephemeral "stripe_v2_core_account_link" "example" {
  account = stripe_v2_core_account.example.id

  use_case = {
    type               = "account_onboarding"
    account_onboarding = { refresh_url = "https://example.com/again" }
  }
}
