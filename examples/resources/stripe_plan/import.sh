terraform import stripe_plan.example plan_123
