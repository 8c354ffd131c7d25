using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Data.Tests.Classes;

public class OutputClassesTests
{
    private static readonly OutputClasses Fruit = new(["cherry", "apple", "banana"], 3);

    [Theory]
    [InlineData("cherry,apple,banana", "0,1,2")]
    [InlineData("apple,banana,cherry", "1,2,0")]
    [InlineData("banana,cherry,apple", "2,0,1")]
    public void Equal_sets_are_matched_by_name_in_any_order(string names, string places)
    {
        ClassMatch match = Fruit.Match(names.Split(','));
        Assert.Equal(places, string.Join(',', match.Places));
        Assert.Equal(Fruit.Labels, match.Outputs.Labels);
        Assert.Null(match.Note);
        Assert.Equal(places == "0,1,2", match.IsIdentity);
    }

    [Fact]
    public void A_subset_is_matched_and_noted()
    {
        ClassMatch match = Fruit.Match(["banana", "cherry"]);
        Assert.Equal([2, 0], match.Places);
        Assert.Equal("the data has 2 of the model's 3 classes: banana, cherry", match.Note);
        Assert.False(match.IsIdentity);
        Assert.False(Fruit.Match(["cherry", "apple"]).IsIdentity); // which leaves out the last output
    }

    [Theory]
    [InlineData("apple,banana,cherry,kiwi", "kiwi is not among")]
    [InlineData("apple,fig,kiwi", "fig, kiwi are not among")]
    [InlineData("0,1,2", "none of them is among")]
    [InlineData("Apple,banana,cherry", "Apple is not among")]
    public void Other_names_are_refused_with_both_lists(string names, string says)
    {
        string message = Assert.Throws<ClassMismatchException>(() => Fruit.Match(names.Split(','))).Message;
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.Contains(names.Replace(",", ", ", StringComparison.Ordinal), message, StringComparison.Ordinal);
        Assert.Contains("cherry, apple, banana", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImageNets_folders_are_matched_in_their_order_if_there_are_as_many()
    {
        ClassMatch match = Fruit.Match(["n01440764", "n01443537", "n01484850"]);
        Assert.True(match.IsIdentity);
        Assert.Equal(Fruit.Labels, match.Outputs.Labels);
        Assert.Contains("WordNet ids (n01440764, n01443537, n01484850)", match.Note, StringComparison.Ordinal);
        Assert.Throws<ClassMismatchException>(() => Fruit.Match(["n01440764", "n01443537"])); // which two of the three is unknown
        Assert.Throws<ClassMismatchException>(() => Fruit.Match(["n01443537", "n01440764", "n01484850"])); // not in order
        Assert.Throws<ClassMismatchException>(() => Fruit.Match(["n01440764", "n01443537", "n0148485x"]));
        Assert.Equal([1], new OutputClasses(["n01484850", "n01440764"], 2).Match(["n01440764"]).Places); // labels come first
    }

    [Fact]
    public void Without_labels_the_order_of_the_data_counts_is_noted_and_names_the_outputs()
    {
        var outputs = new OutputClasses([], 3);
        ClassMatch match = outputs.Match(["1", "10", "2"]);
        Assert.True(match.IsIdentity);
        Assert.Equal(["1", "10", "2"], match.Outputs.Labels);
        Assert.Equal("the model has no labels: its 3 outputs are taken to be the data's classes in their order (1, 10, 2)", match.Note);
        Assert.Contains("2 classes (a, b), but the model has 3 outputs and no labels", Assert.Throws<ClassMismatchException>(() => outputs.Match(["a", "b"])).Message, StringComparison.Ordinal);
        Assert.Contains("4 classes (a, b, c, d), but the model has 3 outputs", Assert.Throws<ClassMismatchException>(() => outputs.Match(["a", "b", "c", "d"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void By_number_a_name_is_an_output()
    {
        Assert.Equal([0, 2, 1], new OutputClasses([], 3).Match(["0", "02", "1"], ClassRule.Number).Places);
        Assert.Equal(["0", "1", "02"], new OutputClasses([], 3).Match(["02", "0"], ClassRule.Number).Outputs.Labels);
        Assert.Contains("'1' is the label of the model's output 2", Assert.Throws<ClassMismatchException>(() => Numbers().Match(["1"], ClassRule.Number)).Message, StringComparison.Ordinal);
        Assert.Equal([0], Numbers().Match(["0"], ClassRule.Number).Places);
        Assert.Equal(Fruit.Labels, Fruit.Match(["2"], ClassRule.Number).Outputs.Labels);
        foreach (string wrong in new[] { "3", "-1", "apple", "1.0", "99999999999" })
        {
            Assert.Contains($"'{wrong}'", Assert.Throws<ClassMismatchException>(() => Fruit.Match([wrong], ClassRule.Number)).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ClassMismatchException>(() => Fruit.Match(["1", "01"], ClassRule.Number));
    }

    [Fact]
    public void By_order_names_replace_labels()
    {
        ClassMatch match = Fruit.Match(["x", "y", "z"], ClassRule.Order);
        Assert.True(match.IsIdentity);
        Assert.Equal(["x", "y", "z"], match.Outputs.Labels);
        Assert.Throws<ClassMismatchException>(() => Fruit.Match(["x", "y"], ClassRule.Order));
    }

    [Fact]
    public void Labels_that_occur_twice_are_matched_where_the_lists_are_the_same_and_refused_by_name()
    {
        var birds = new OutputClasses(["crane", "heron", "crane"], 3);
        Assert.True(birds.Match(["crane", "heron", "crane"]).IsIdentity);
        Assert.Equal([1], birds.Match(["heron"]).Places);
        Assert.Contains("more than one class named 'crane'", Assert.Throws<ClassMismatchException>(() => birds.Match(["crane", "heron"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("caf\u0065\u0301", "caf\u00e9", "the form of their accented letters")]
    [InlineData("Apple", "apple", "case or blanks")]
    [InlineData("apple ", "apple", "case or blanks")]
    public void Names_that_look_like_a_label_are_pointed_out(string name, string label, string difference)
    {
        var outputs = new OutputClasses([label, "other"], 2);
        Assert.Contains($"'{name}' and the label '{label}' differ only in {difference}", Assert.Throws<ClassMismatchException>(() => outputs.Match([name])).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("differ only", Assert.Throws<ClassMismatchException>(() => outputs.Match(["caf\u00fc"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_with_other_outputs_is_refused()
    {
        MatchedDataset data = Fruit.Match(new NamedDataset(["apple"], 0));
        data.Require(Classifier(3, "cherry", "apple", "banana"));
        data.Require(Classifier(3));
        Assert.Contains("cherry, apple, banana, but this one has apple, cherry, banana", Assert.Throws<ClassMismatchException>(() => data.Require(Classifier(3, "apple", "cherry", "banana"))).Message, StringComparison.Ordinal);
        Assert.Contains("but this one has 0 to 3 without labels", Assert.Throws<ClassMismatchException>(() => data.Require(Classifier(4))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_lists_are_cut_in_messages()
    {
        string[] names = [.. Enumerable.Range(0, 1000).Select(i => $"n{i}")];
        string message = Assert.Throws<ClassMismatchException>(() => Fruit.Match(names)).Message;
        Assert.Contains("n9, … and 990 more", message, StringComparison.Ordinal);
        Assert.True(message.Length < 500, message);
    }

    [Fact]
    public void Labels_that_are_not_as_many_as_outputs_are_an_error() =>
        Assert.Contains("2 labels (a, b) for 3 outputs", Assert.Throws<ClassMismatchException>(() => new OutputClasses(["a", "b"], 3)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_network_that_is_no_classifier_has_no_classes()
    {
        var net = new GraphBuilder();
        Model model = new(net.Build(net.Input(3, 4, 4).Relu("relu")), Parameters.Empty, ModelMetadata.None);
        Assert.Contains("is not a classifier", Assert.Throws<EspalierException>(() => OutputClasses.Of(model)).Message, StringComparison.Ordinal);
    }

    private static OutputClasses Numbers() => new(["0", "10", "1"], 3);

    private static Model Classifier(int outputs, params string[] labels)
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(outputs, 1, 1).Flatten("flatten"));
        return new Model(graph, Parameters.Empty, ModelMetadata.None with { Labels = ValueList.From(labels) });
    }

    [Fact]
    public void A_matched_data_set_has_the_networks_classes()
    {
        MatchedDataset data = Fruit.Match(new NamedDataset(["apple", "cherry"], 0, 1, -1, 1));
        Assert.Equal([1, 0, -1, 0], Enumerable.Range(0, data.Count).Select(data.LabelOf));
        Assert.Equal((Fruit.Labels, "apple, cherry"), (data.Labels, string.Join(", ", data.ClassNames)));
        Assert.Equal(2, data.Limit(1).ClassNames.Count);
        Assert.Equal([0, 1], Enumerable.Range(0, 2).Select(data.Select([3, 0]).LabelOf));
        Assert.Equal([1, 0], Enumerable.Range(0, 2).Select(data.Limit(2).LabelOf));
        Assert.Same(data, data.Limit(9));
        Assert.Equal("pixel 3", data.Select([3, 0]).NameOf(0));
    }

    [Fact]
    public void Numbers_without_names_are_outputs_and_one_too_great_is_a_sentence()
    {
        MatchedDataset data = Fruit.Match(new NamedDataset([], 2, 3));
        Assert.Equal(2, data.LabelOf(0));
        Assert.Contains("pixel 1 is of class 3, but the network has 3 outputs", Assert.Throws<ClassMismatchException>(() => data.LabelOf(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Joined_parts_are_matched_each_by_its_own_names()
    {
        MatchedDataset data = MatchedDataset.Join(Fruit, [new NamedDataset(["apple", "cherry"], 0, 1), new NamedDataset(["banana"], 0)]);
        Assert.Equal([1, 0, 2], Enumerable.Range(0, data.Count).Select(data.LabelOf));
        MatchedDataset named = MatchedDataset.Join(new OutputClasses([], 2), [new NamedDataset(["b"], 0), new NamedDataset(["b", "a"], 1), new NamedDataset(["a", "b"], 0)]);
        Assert.Equal(["b", "a"], named.Labels);
        Assert.Equal([0, 1, 1], Enumerable.Range(0, named.Count).Select(named.LabelOf));
        Assert.Null(data.Note); // together they have all classes
        Assert.Equal("the data has 2 of the model's 3 classes: banana, apple", MatchedDataset.Join(Fruit, [new NamedDataset(["banana"], 0), new NamedDataset(["apple", "banana"], 0)]).Note);
        Assert.Throws<ClassMismatchException>(() => MatchedDataset.Join(Fruit, [new NamedDataset(["apple"], 0), new NamedDataset(["kiwi"], 0)]));
    }

    [Fact]
    public void Outputs_are_picked_in_the_order_of_the_classes()
    {
        Tensor logits = Tensor.From([2, 3], 0f, 1, 2, 10, 11, 12);
        Assert.Equal([2f, 0, 12, 10], Fruit.Match(["banana", "cherry"]).Pick(logits).Read<float>().ToArray());
        Assert.Same(logits, Fruit.Match(Fruit.Labels).Pick(logits));
    }
}
