"""What a payer's budget would hold without and with the intervention."""
