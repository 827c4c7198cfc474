data "stripe_v2_core_accounts" "example" {
}
