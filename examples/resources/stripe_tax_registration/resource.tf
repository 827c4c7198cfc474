resource "stripe_tax_registration" "example" {
  active_from = 1924992000
  country     = "IE"
  country_options = {
    ie = {
      type = "oss_union"
    }
  }
}
