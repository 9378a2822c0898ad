"""The one HTTP server of the local cloud: asyncio and httptools below, the control and the data plane above."""
