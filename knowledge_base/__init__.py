"""What the city's services are: schema, bundled content, loader, linter, navigation over situations."""
