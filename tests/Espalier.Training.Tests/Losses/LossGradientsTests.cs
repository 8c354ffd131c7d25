using Espalier.Data;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Training.Tests.Support;
using Parameters = Espalier.Graphs.Parameters;

namespace Espalier.Training.Tests.Losses;

public sealed class LossGradientsTests
{
    private const int Samples = 20;
    private const int Batch = 8;

    [Fact]
    public void They_are_the_slopes_of_the_loss_at_inference()
    {
        Model model = TinyTraining.Network();
        IReadOnlyDictionary<string, Tensor> gradients = LossGradients.Of(model, TinyTraining.Loader(Batch), Samples, 2, TinyTraining.Options.Runtime!, TestContext.Current.CancellationToken);

        Assert.Equal(["block.conv.weight", "conv1.weight", "fc.bias", "fc.weight"], gradients.Keys.Order(StringComparer.Ordinal));
        foreach (string name in (string[])["conv1.weight", "fc.weight", "fc.bias"])
        {
            ReadOnlySpan<float> gradient = gradients[name].Read<float>();
            double greatest = 0;
            foreach (float slope in gradient)
            {
                greatest = Math.Max(greatest, Math.Abs(slope));
            }

            for (int i = 0; i < gradient.Length; i += Math.Max(1, gradient.Length / 5))
            {
                Assert.Equal(Slope(model, name, i), gradient[i], 1e-3 * greatest); // the plan computes in float32
            }
        }
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        IReadOnlyDictionary<string, Tensor> one = LossGradients.Of(TinyTraining.Network(), TinyTraining.Loader(), Samples, 1, TinyTraining.Options.Runtime!, TestContext.Current.CancellationToken);
        IReadOnlyDictionary<string, Tensor> three = LossGradients.Of(TinyTraining.Network(), TinyTraining.Loader(), Samples, 3, TinyTraining.Options.Runtime!, TestContext.Current.CancellationToken);
        Assert.All(one, gradient => Assert.True(gradient.Value.BitEquals(three[gradient.Key]), gradient.Key));
    }

    [Fact]
    public void A_loss_that_is_no_number_ranks_nothing()
    {
        Model model = TinyTraining.Network();
        Model broken = With(model, "conv1.weight", float.NaN);
        Assert.Contains("'conv1.weight' contains NaN", Refused(broken), StringComparison.Ordinal);
        Model overflowing = With(With(model, "fc.weight", 3e38f), "bn1.weight", 3e38f);
        Assert.Matches("the loss of the batch that starts with corner \\d+ is NaN; expected a finite loss", Refused(overflowing));
    }

    [Fact]
    public void A_norm_without_running_statistics_has_no_inference_to_differentiate()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(3, TinyTraining.Side, TinyTraining.Side).Conv2d("conv", 4, 3).BatchNorm("bn").GlobalAveragePool("pool").Flatten("flatten").Linear("fc", TinyTraining.Classes));
        Node norm = graph["bn"];
        graph = new Graph(graph.Nodes.Select(node => node.Name == "bn" ? new Node("bn", (BatchNorm)norm.Op with { RunningStatistics = false }, norm.Inputs) : node), graph.Outputs);
        Assert.StartsWith("'bn' is a batch norm without running statistics", Refused(new NetworkDefinition(graph, ModelMetadata.None).Initialize(1)), StringComparison.Ordinal);
    }

    private static string Refused(Model model) =>
        Assert.Throws<EspalierException>(() => LossGradients.Of(model, TinyTraining.Loader(Batch), Samples, 1, TinyTraining.Options.Runtime!, TestContext.Current.CancellationToken)).Message;

    private static Model With(Model model, string name, float value)
    {
        Tensor changed = model.Parameters[name].Value.Copy();
        changed.Write<float>().Fill(value);
        return model.With(model.Parameters.With(name, new Parameter(changed)));
    }

    /// <summary>A central difference in double.</summary>
    private static double Slope(Model model, string name, int index)
    {
        const double Width = 1e-5;
        return (Loss(model, name, index, Width) - Loss(model, name, index, -Width)) / (2 * Width);
    }

    private static double Loss(Model model, string name, int index, double change)
    {
        Tensor changed = model.Parameters[name].Value.To(ElementType.Float64).Copy();
        changed.Write<double>()[index] += change;
        Parameters parameters = model.Parameters.With(name, new Parameter(changed));
        double loss = 0;
        int seen = 0;
        foreach (Batch batch in TinyTraining.Loader(Batch).ReadEpoch(TestContext.Current.CancellationToken))
        {
            var inputs = new Dictionary<string, double[]> { [model.Graph.Input.Name] = batch.Images.To(ElementType.Float64).Read<double>().ToArray() };
            double[] logits = ReferenceExecutor.RunAll(model.Graph, parameters, inputs, batch.Count)[model.Graph.Outputs[0]];
            loss += Enumerable.Range(0, batch.Count).Sum(i => CrossEntropy(logits.AsSpan(i * TinyTraining.Classes, TinyTraining.Classes), batch.Labels[i]));
            seen += batch.Count;
            if (seen >= Samples)
            {
                break;
            }
        }

        return loss / seen;
    }

    private static double CrossEntropy(ReadOnlySpan<double> logits, int label)
    {
        double sum = 0;
        foreach (double logit in logits)
        {
            sum += Math.Exp(logit - logits[label]);
        }

        return Math.Log(sum);
    }
}
