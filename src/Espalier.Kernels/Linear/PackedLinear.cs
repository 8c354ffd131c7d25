using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>A fully connected layer with weights packed for streaming. Safe to share between threads.</summary>
/// <remarks>
/// Outputs are divided into panels of <see cref="LinearJob.PanelVectors"/> vectors, the rest into panels of one vector; a panel's weights are
/// [inputs][outputs of the panel], so that one image reads all weights once, sequentially: at batch 1 it is limited by memory bandwidth only.
/// </remarks>
internal sealed unsafe class PackedLinear
{
    private readonly Memory<float> _weights;
    private readonly Memory<float> _bias;

    private PackedLinear(int inputs, int outputs, int lanes, Activation activation)
    {
        (InputLayout, OutputLayout) = (new BlockedLayout(inputs, 1, 1, lanes), new BlockedLayout(outputs, 1, 1, lanes));
        Activation = activation;
        _weights = AlignedMemory.Allocate<float>((long)OutputLayout.PaddedChannels * inputs);
        _bias = AlignedMemory.Allocate<float>(OutputLayout.PaddedChannels);
    }

    /// <summary>Layout of the input: a vector of the input features.</summary>
    public BlockedLayout InputLayout { get; }

    /// <summary>Layout of the output: a vector of the output features.</summary>
    public BlockedLayout OutputLayout { get; }

    /// <summary>The activation, applied last.</summary>
    public Activation Activation { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public long PackedBytes => sizeof(float) * (long)(_weights.Length + _bias.Length);

    /// <summary>The largest number of parts that a call can usefully be split into.</summary>
    public int MaximumParts => LinearJob.Panels(OutputLayout.Blocks);

    /// <summary>Packs the weights of a layer.</summary>
    /// <param name="weights">Weights in PyTorch's order, [outputs][inputs].</param>
    /// <param name="bias">One value for each output, or empty for none.</param>
    /// <param name="inputs">Input features.</param>
    /// <param name="outputs">Output features.</param>
    /// <param name="lanes">The vector width of the layouts, in floats.</param>
    /// <param name="activation">The activation to apply last.</param>
    /// <exception cref="ArgumentException">The number of weights or biases is wrong.</exception>
    public static PackedLinear Pack(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int inputs, int outputs, int lanes, Activation activation)
    {
        var packed = new PackedLinear(inputs, outputs, lanes, activation);
        packed.Repack(weights, bias, 0, 1);
        return packed;
    }

    /// <summary>Packs weights that are provided panel by panel, so that they need not be in memory twice.</summary>
    /// <param name="rows">Provides the weights.</param>
    /// <param name="bias">One value for each output, or empty for none.</param>
    /// <param name="inputs">Input features.</param>
    /// <param name="outputs">Output features.</param>
    /// <param name="lanes">The vector width of the layouts, in floats.</param>
    /// <param name="activation">The activation to apply last.</param>
    /// <exception cref="ArgumentException">The number of biases is wrong.</exception>
    public static PackedLinear Pack(LinearRows rows, ReadOnlySpan<float> bias, int inputs, int outputs, int lanes, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Expect.LengthOrEmpty(bias.Length, outputs, nameof(bias));
        var packed = new PackedLinear(inputs, outputs, lanes, activation);
        var staged = new float[inputs * Math.Min(outputs, LinearJob.PanelVectors * lanes)];
        for (int panel = 0; panel < packed.MaximumParts; panel++)
        {
            (int first, int count) = packed.OutputsOf(panel);
            Span<float> weights = staged.AsSpan(0, count * inputs);
            rows(first, weights);
            packed.PackPanel(panel, weights, bias);
        }

        return packed;
    }

    /// <summary>Updates the packed weights in place; parts are independent of each other.</summary>
    /// <param name="weights">Weights in PyTorch's order, [outputs][inputs].</param>
    /// <param name="bias">One value for each output, or empty for none.</param>
    /// <param name="part">Index of the part to compute, of the panels of outputs.</param>
    /// <param name="parts">Number of parts.</param>
    /// <exception cref="ArgumentException">The number of weights or biases is wrong.</exception>
    public void Repack(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int part, int parts)
    {
        (int inputs, int outputs) = (InputLayout.Channels, OutputLayout.Channels);
        Expect.Length(weights.Length, (long)outputs * inputs, nameof(weights));
        Expect.LengthOrEmpty(bias.Length, outputs, nameof(bias));
        (int begin, int end) = WorkSplit.Range(MaximumParts, part, parts);
        for (int panel = begin; panel < end; panel++)
        {
            (int first, int count) = OutputsOf(panel);
            PackPanel(panel, weights.Slice(first * inputs, count * inputs), bias);
        }
    }

    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/> (panels of outputs). Results are bit-identical for any number of parts and any batch size.</summary>
    /// <param name="input">Batch x <see cref="InputLayout"/>.</param>
    /// <param name="output">Batch x <see cref="OutputLayout"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int part, int parts)
    {
        InputLayout.ExpectBatch(batch, input.Length, nameof(input));
        OutputLayout.ExpectBatch(batch, output.Length, nameof(output));
        (int begin, int end) = WorkSplit.Range(MaximumParts, part, parts);
        fixed (float* from = input, to = output, weights = _weights.Span, bias = _bias.Span)
        {
            LanesDispatch.Run(OutputLayout.Lanes, new LinearJob
            {
                Input = from,
                Inputs = InputLayout.Channels,
                InputStride = InputLayout.Length,
                Weights = weights,
                Bias = bias,
                Output = to,
                OutputStride = OutputLayout.Length,
                Activation = Activation,
                Batch = batch,
                FirstPanel = begin,
                EndPanel = end,
            });
        }
    }

    private (int First, int Count) OutputsOf(int panel)
    {
        (int firstVector, int vectors) = LinearJob.Panel(panel, OutputLayout.Blocks);
        int first = firstVector * OutputLayout.Lanes;
        return (first, Math.Min(vectors * OutputLayout.Lanes, OutputLayout.Channels - first));
    }

    private void PackPanel(int panel, ReadOnlySpan<float> rows, ReadOnlySpan<float> bias)
    {
        (int first, int count) = OutputsOf(panel);
        (int inputs, int width) = (InputLayout.Channels, LinearJob.Panel(panel, OutputLayout.Blocks).Vectors * OutputLayout.Lanes);
        var places = new int[inputs];
        for (int i = 0; i < inputs; i++)
        {
            places[i] = i * width;
        }

        PanelPacking.Spread(rows, places, _weights.Span.Slice(first * inputs, width * inputs));
        if (!bias.IsEmpty)
        {
            bias.Slice(first, count).CopyTo(_bias.Span[first..]);
        }
    }
}
