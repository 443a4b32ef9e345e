"""What makes a consumer a main one: dated editions of GB 17167 as data, measures, the tree."""
