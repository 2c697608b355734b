package model

// Place is where the person is, for a program that is opened again.
type Place struct {
	Screen Screen `json:"screen"`
	// Name is the legal name as typed so far.
	Name string `json:"name,omitzero"`
	// Send: the report is meant to be sent, once it is sealed.
	Send bool `json:"send,omitzero"`
}

// Place is where the person is. It is empty while there is no session to return to.
func (m *Model) Place() Place {
	switch m.screen {
	case Opening, Refused, Sent, Unsent:
		return Place{}
	}
	return Place{Screen: m.screen, Name: m.name, Send: m.send}
}

// Wish is the session that [Open] opens.
func (m *Model) Wish() Wish { return m.wish }

// Preferences are what the person chose about the window, for this computer.
type Preferences struct {
	// Language is a language's code; empty for the system's.
	Language string `json:"language,omitzero"`
	Look     Look   `json:"look,omitzero"`
	// Large shows texts a quarter larger.
	Large bool `json:"large,omitzero"`
	// Input and Output are the chosen sound devices; empty for the system's choice.
	Input  string `json:"input,omitzero"`
	Output string `json:"output,omitzero"`
}

// Look is how the window is coloured.
type Look string

// The looks. The empty one follows the system.
const (
	LookSystem   Look = ""
	LookLight    Look = "light"
	LookDark     Look = "dark"
	LookContrast Look = "contrast"
)

// Language is one that the window can speak.
type Language struct {
	// Code is as "pt", Name what its speakers call it.
	Code, Name string
	// Checked: a native speaker has read the texts.
	Checked bool
}

// Preferences are those of the moment.
func (m *Model) Preferences() Preferences { return m.prefs }
