"""The shadow: rules composed beside the editors, before anybody is sent anything."""
