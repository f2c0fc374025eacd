package scala.collection.generic;

public interface Growable {}
