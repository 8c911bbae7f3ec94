"""Dashboards, alarms, saved queries and notifications."""
