"""How each kind of change is carried out: what must hold before, its steps, and where its effect shows."""
