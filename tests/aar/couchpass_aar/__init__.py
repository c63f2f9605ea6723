"""What is looked at in an AAR before it ships."""
