package model

import "linecheck/checks"

// Asked: a running check asks the person something.
type Asked struct {
	// Number tells questions apart.
	Number   int
	Question checks.Question
}

// Answered is what the person said: one of the question's choices, and what was typed.
type Answered struct {
	Number int
	Choice string
	Fields []string
}

// Withdrawn: nobody waits for the answer any more.
type Withdrawn struct{ Number int }

func (Asked) message()     {}
func (Answered) message()  {}
func (Withdrawn) message() {}

// AskedView is a question of a check.
type AskedView struct {
	// Number is the question's: a page shows one.
	Number int
	Title  string
	Text   string
	Fields []string
	// Choices are the buttons, the usual one first.
	Choices []ChoiceView
	// Stop ends the run.
	Stop Button
}

// ChoiceView is one way to answer.
type ChoiceView struct{ Choice, Label string }

// asking takes questions and answers while checks run.
func (m *Model) asking(msg Msg) Command {
	switch msg := msg.(type) {
	case Asked:
		m.asked = append(m.asked, msg)
	case Answered:
		if len(m.asked) > 0 && m.asked[0].Number == msg.Number {
			m.asked = m.asked[1:]
			m.answer = msg
			return Command{Do: Reply}
		}
	case Withdrawn:
		m.withdraw(msg.Number)
	}
	return Command{}
}

func (m *Model) withdraw(number int) {
	for i, a := range m.asked {
		if a.Number == number {
			m.asked = append(m.asked[:i:i], m.asked[i+1:]...)
			return
		}
	}
}

// Answer is the one that [Reply] is about.
func (m *Model) Answer() Answered { return m.answer }

func (m *Model) askedView() AskedView {
	q := m.asked[0].Question
	key := "ask." + q.ID + "."
	v := AskedView{Number: m.asked[0].Number, Title: m.words.Name(key + "title"), Text: m.words.Name(key + "text"), Stop: Button{m.say("gui.stop"), Stop{}}}
	for _, f := range q.Fields {
		v.Fields = append(v.Fields, m.words.Name(key+"field."+f))
	}
	for _, c := range q.Choices {
		v.Choices = append(v.Choices, ChoiceView{c, m.words.Name(key + c)})
	}
	return v
}
