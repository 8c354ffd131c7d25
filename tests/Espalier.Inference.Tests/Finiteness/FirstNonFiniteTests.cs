using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests.Finiteness;

public class FirstNonFiniteTests
{
    private static readonly Model s_network = Zoo.Create("cifar_resnet20").Initialize(1);
    private static readonly Tensor s_images = CounterFill.Input([3, 3, 32, 32]);

    [Theory]
    [InlineData("conv1.weight", 60, float.NaN, "conv1 (conv2d), NaN in channel 2, because conv1.weight is NaN at [2, 0, 2, 0]")]
    [InlineData("layer2.1.conv2.weight", 0, float.PositiveInfinity, "layer2.1.conv2 (conv2d), NaN in channel 0, because layer2.1.conv2.weight is Infinity at [0, 0, 0, 0]")]
    [InlineData("layer1.2.bn1.running_var", 5, float.NaN, "layer1.2.bn1 (batch_norm), NaN in channel 5, because layer1.2.bn1.running_var is NaN at [5]")]
    [InlineData("layer3.0.bn2.running_var", 7, -0.25f, "layer3.0.bn2 (batch_norm), NaN in channel 7, because layer3.0.bn2.running_var is -0.25 at [7]: a variance has to be positive")]
    [InlineData("layer3.0.bn2.running_mean", 63, float.NegativeInfinity, "layer3.0.bn2 (batch_norm), Infinity in channel 63, because layer3.0.bn2.running_mean is -Infinity at [63]")]
    [InlineData("layer2.0.bn1.bias", 1, float.NaN, "layer2.0.bn1 (batch_norm), NaN in channel 1, because layer2.0.bn1.bias is NaN at [1]")]
    [InlineData("linear.bias", 9, float.NegativeInfinity, "linear (linear), -Infinity in channel 9, because linear.bias is -Infinity at [9]")]
    public void The_layer_and_the_number_at_fault_are_named(string parameter, int element, float value, string named)
    {
        Model broken = With(s_network, parameter, element, value);
        using var predictor = new Predictor(broken);
        Tensor output = predictor.Run(s_images);
        string message = Assert.Throws<EspalierException>(() => FiniteOutput.Require(broken, s_images, output)).Message;
        float logit = output.Read<float>()[NonFinite.IndexOf(output.Read<float>())];
        Assert.Equal(FormattableString.Invariant($"the output of the network is {logit}: the first layer that is not finite is {named}"), message);
    }

    [Fact]
    public void An_overflow_of_finite_numbers_is_the_layers_own()
    {
        // Each finite; 1e30 · 1e30 is not.
        Model broken = Scaled(Scaled(s_network, "layer1.1.bn2.weight", 1e30f), "layer2.0.conv1.weight", 1e30f);
        FirstNonFinite found = FirstNonFinite.Find(broken, s_images)!;
        Assert.Equal("layer2.0.conv1", found.Node);
        Assert.Null(found.Parameter);
        Assert.EndsWith(", though its input and parameters are finite: it overflows float32", found.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_finite_network_has_none_and_an_output_that_is_finite_is_let_through()
    {
        Assert.Null(FirstNonFinite.Find(s_network, s_images));
        using var predictor = new Predictor(s_network);
        FiniteOutput.Require(s_network, s_images, predictor.Run(s_images));
    }

    [Fact]
    public void A_number_that_pruning_has_masked_does_no_harm()
    {
        Model broken = With(s_network, "conv1.weight", 0, float.NaN);
        Tensor mask = Tensor.Zeros(broken.Parameters["conv1.weight"].Value.Shape);
        mask.Write<float>()[1..].Fill(1);
        broken = broken.With(broken.Parameters.With("conv1.weight", broken.Parameters["conv1.weight"] with { Mask = mask }));
        Assert.Null(FirstNonFinite.Find(broken, s_images));
        Assert.Equal("layer3.2.conv1.weight", FirstNonFinite.Find(With(broken, "layer3.2.conv1.weight", 8, float.NaN), s_images)!.Parameter!.Name);
    }

    [Fact]
    public void Of_a_batch_the_sample_at_fault_is_looked_at()
    {
        Tensor images = s_images.Copy();
        images.Write<float>()[(2 * 3072) + 2048 + 5] = float.NaN;
        using var predictor = new Predictor(s_network);
        Tensor output = predictor.Run(images);
        Assert.Equal(20, NonFinite.IndexOf(output.Read<float>()));
        Assert.Equal(
            "the output of the teacher is NaN: the first layer that is not finite is input (input), NaN in channel 2, the input itself",
            Assert.Throws<EspalierException>(() => FiniteOutput.Require(s_network, images, output, "the teacher")).Message);
    }

    [Fact]
    public void What_only_folding_makes_overflow_is_called_that()
    {
        // 1e-20 · 1e30 · 1e20 is finite from left to right, but the product of the weights is not.
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(1, 2, 2).Conv2d("conv", 1, 1).BatchNorm("bn"));
        Model model = new NetworkDefinition(graph, ModelMetadata.None).Initialize(1);
        model = With(With(model, "conv.weight", 0, 1e30f), "bn.weight", 0, 1e20f);
        Tensor input = Tensor.From<float>([1, 1, 2, 2], [1e-20f, 1e-20f, 1e-20f, 1e-20f]);
        using var predictor = new Predictor(model);
        Tensor output = predictor.Run(input);
        Assert.Contains("it is the folded or fused weights that overflow", Assert.Throws<EspalierException>(() => FiniteOutput.Require(model, input, output)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("densenet121", "features.denseblock2.denselayer3.norm2.bias")]
    [InlineData("mobilenet_v2", "features.5.conv.1.0.weight")]
    [InlineData("shufflenet_v2_x0_5", "stage3.1.branch2.3.weight")]
    [InlineData("vgg11", "classifier.3.weight")]
    public void Concats_slices_and_dropout_are_seen_through(string network, string parameter)
    {
        Model model = Zoo.Create(network).Initialize(1).WithInput([3, 64, 64]);
        Model broken = With(model, parameter, 1, float.NaN);
        FirstNonFinite found = FirstNonFinite.Find(broken, CounterFill.Input([1, 3, 64, 64]))!;
        Assert.Equal(parameter, found.Parameter!.Name);
        Assert.Equal(parameter[..parameter.LastIndexOf('.')], found.Node);
    }

    [Fact]
    public void On_random_networks_it_is_the_first_that_the_reference_executor_sees()
    {
        int found = 0;
        for (ulong seed = 1; seed <= 40; seed++)
        {
            var dice = new Dice(seed);
            Model model = RandomGraphs.CreateModel(seed);
            string[] names = [.. model.Parameters.Where(parameter => parameter.Value.Value.Type == ElementType.Float32).Select(parameter => parameter.Key)];
            model = names.Length == 0 ? model : With(model, dice.Pick(names), 0, dice.Pick(float.NaN, float.PositiveInfinity, float.NegativeInfinity));
            Tensor input = CounterFill.Input(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(1));
            var samples = new Dictionary<string, float[]> { [model.Graph.Input.Name] = input.Read<float>().ToArray() };
            IReadOnlyDictionary<string, float[]> expected = ReferenceExecutor.RunAll(model.Graph, model.Parameters, samples, 1);
            string? first = model.Graph.Nodes.Select(node => node.Name).FirstOrDefault(name => expected[name].Any(value => !float.IsFinite(value)));
            Assert.Equal(first, FirstNonFinite.Find(model, input)?.Node);
            found += first is null ? 0 : 1;
        }

        Assert.InRange(found, 20, 40);
    }

    private static Model With(Model model, string name, int element, float value)
    {
        Tensor changed = model.Parameters[name].Value.Copy();
        changed.Write<float>()[element] = value;
        return model.With(model.Parameters.With(name, model.Parameters[name] with { Value = changed }));
    }

    private static Model Scaled(Model model, string name, float factor)
    {
        float[] scaled = [.. model.Parameters[name].Value.Read<float>().ToArray().Select(value => value * factor)];
        return model.With(model.Parameters.With(name, model.Parameters[name] with { Value = Tensor.From<float>(model.Parameters[name].Value.Shape, scaled) }));
    }
}
