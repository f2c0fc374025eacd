package scala.collection.mutable;

public class HashSet extends AbstractSet {
  public native boolean addEntry$original(Object entry);

  public native int size();

  public native Object[] table();

  public native void table_$eq(Object[] table);

  public native void tableSize_$eq(int size);

  public native int tableSize();

  public native int threshold();

  public native void threshold_$eq(int threshold);

  public native int[] sizemap();

  public native void seedvalue_$eq(int seed);

  public native int tableSizeSeed();

  public native int _loadFactor();

  public native int index(int hash);
}
