"""What a person needs who hears the window, drives it by keys alone, or reads it at twice the size."""
