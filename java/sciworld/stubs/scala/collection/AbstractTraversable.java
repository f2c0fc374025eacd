package scala.collection;

public abstract class AbstractTraversable implements TraversableOnce {
  public native scala.collection.immutable.Set toSet$original();
}
