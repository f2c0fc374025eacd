package scala.collection.immutable;

public class ListSet$Node extends ListSet {
  public ListSet$Node(ListSet before, Object element) {}
}
