"""What is said in reply, whoever asks: emergencies first, then facts from free text, FAQs, fields, and honest abstention."""
