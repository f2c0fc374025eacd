package scala.collection.immutable;

import scala.collection.Iterator;

public class HashSet implements Set {
  public native Iterator iterator();

  public native int improve(int hash);
}
