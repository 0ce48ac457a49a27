"""LINE: who the traveller is (LINE Login), and what reaches their chat (Messaging API)."""
