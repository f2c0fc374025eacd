package scala.collection.mutable;

public final class FlatHashTable$ {
  public static FlatHashTable$ MODULE$;

  public native int newThreshold(int loadFactor, int length);
}
