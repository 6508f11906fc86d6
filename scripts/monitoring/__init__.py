"""What operators watch: alerts and a dashboard, rendered for the chart."""
