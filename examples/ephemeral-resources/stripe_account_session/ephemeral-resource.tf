ephemeral "stripe_account_session" "example" {
  account    = stripe_account.example.id
  components = { payments = { enabled = true } }
}

# A write-only argument takes what is in no state.
resource "stripe_apps_secret" "session" {
  name               = "session"
  scope              = { type = "account" }
  payload_wo         = ephemeral.stripe_account_session.example.client_secret
  payload_wo_version = 1
}
