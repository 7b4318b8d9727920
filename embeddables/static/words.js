// The components' own words. A module's labels come before them, key by key.
export const words = {
  en: {
    search: "Search help", search_hint: "Ask in your own words", answers: "Answers", found_one: "One answer", found: "{count} answers",
    nothing: "Nothing on “{q}” yet.", ask_us: "Ask us", back: "Back to answers", helped: "Did this help?", yes: "Yes", no: "No",
    noted: "Thank you, noted.", open_page: "Open as a page", subject: "In one line", description: "What happened?",
    description_hint: "Since when, what you tried, what you see.", name: "Your name", email: "Email", email_hint: "The answer goes there.",
    product: "What is it about?", other: "Something else", about: "About", send: "Send", sending: "Sending…", signed_in: "Sent as {name}",
    done: "We have it: {number}", done_hint: "A person reads it and answers by mail. Keep the number if you want to ask about it.",
    another: "Write another", known_only: "Sign in on this site to write to us.", required: "Fill this in", bad_email: "Write it like name@example.com", errors: "Something is missing above.",
    no_connection: "There is no connection. What you wrote stays here; try again in a moment.", try_again: "Try again",
    our_fault: "Something on our side broke. What you wrote stays here; try again in a moment.",
    slow_down: "That was a lot at once. Wait a minute, then try again.",
  },
  de: {
    search: "Hilfe durchsuchen", search_hint: "Fragen Sie in Ihren Worten", answers: "Antworten", found_one: "Eine Antwort", found: "{count} Antworten",
    nothing: "Zu „{q}“ gibt es noch nichts.", ask_us: "Fragen Sie uns", back: "Zurück zu den Antworten", helped: "Hat das geholfen?", yes: "Ja", no: "Nein",
    noted: "Danke, notiert.", open_page: "Als Seite öffnen", subject: "In einer Zeile", description: "Was ist passiert?",
    description_hint: "Seit wann, was Sie versucht haben, was Sie sehen.", name: "Ihr Name", email: "E-Mail", email_hint: "Dorthin geht die Antwort.",
    product: "Worum geht es?", other: "Etwas anderes", about: "Zu", send: "Senden", sending: "Wird gesendet…", signed_in: "Gesendet als {name}",
    done: "Wir haben es: {number}", done_hint: "Ein Mensch liest es und antwortet per E-Mail. Mit der Nummer können Sie danach fragen.",
    another: "Noch etwas schreiben", known_only: "Melden Sie sich auf dieser Seite an, um uns zu schreiben.", required: "Füllen Sie dies aus", bad_email: "Schreiben Sie sie wie name@example.com", errors: "Oben fehlt noch etwas.",
    no_connection: "Es besteht keine Verbindung. Ihr Text bleibt hier; versuchen Sie es gleich noch einmal.", try_again: "Noch einmal versuchen",
    our_fault: "Bei uns ist etwas schiefgegangen. Ihr Text bleibt hier; versuchen Sie es gleich noch einmal.",
    slow_down: "Das war viel auf einmal. Warten Sie eine Minute und versuchen Sie es dann noch einmal.",
  },
};
