package scala.collection.immutable;

public class HashSet$HashSetCollision1 extends HashSet {
  public HashSet$HashSetCollision1(int hash, ListSet elements) {}

  public native ListSet ks();
}
