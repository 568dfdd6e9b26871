"""Put on the path of the processes that are listened to."""
