-- Nothing is ever in it: transactions that change something lock it.
CREATE TABLE meshkey_turn ();
