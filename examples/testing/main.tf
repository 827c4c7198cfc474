# A module of one plan, to be tested: `terraform init && terraform test`.

terraform {
  required_providers {
    stripe = { source = "connectors/stripe" }
  }
}

variable "name" {
  type    = string
  default = "Gold"
}

variable "monthly" {
  description = "What a month costs, in cents."
  type        = number
  default     = 1500
}

resource "stripe_product" "plan" {
  name = var.name
}

resource "stripe_price" "monthly" {
  product     = stripe_product.plan.id
  currency    = "usd"
  unit_amount = var.monthly

  recurring { interval = "month" }
}

output "price" {
  value = stripe_price.monthly.id
}

output "product" {
  value = stripe_product.plan.id
}
