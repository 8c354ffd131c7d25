namespace Espalier.Serving;

/// <summary>Runs a prepared network on the samples of several requests at once. Not safe to share between threads.</summary>
/// <param name="runnable">The network; it is disposed with this.</param>
/// <param name="sample">The shape of one sample.</param>
internal sealed class BatchRun(IRunnable runnable, Shape sample) : IDisposable
{
    private readonly int _sample = checked((int)sample.Count);
    private readonly int[] _lengths = [.. runnable.Graph.Outputs.Select(output => checked((int)runnable.Graph.ShapeOf(output).Count))];
    private float[] _input = [];
    private float[] _output = [];

    /// <summary>Computes the outputs of all requests.</summary>
    internal void Compute(List<BatchRequest> batch)
    {
        int samples = batch.Sum(request => request.Samples);
        ReadOnlySpan<float> input = batch.Count == 1 ? batch[0].Input.Span[..(samples * _sample)] : Gather(batch, samples);
        if (_lengths.Length > 1)
        {
            RunAll(batch, samples, input);
        }
        else
        {
            Grow(ref _output, samples * _lengths[0]);
            runnable.Run(input, _output.AsSpan(0, samples * _lengths[0]));
            Scatter(batch, 0, _output);
        }
    }

    public void Dispose() => runnable.Dispose();

    private void RunAll(List<BatchRequest> batch, int samples, ReadOnlySpan<float> input)
    {
        IReadOnlyList<Tensor> outputs = runnable.RunAll(Tensor.From(sample.Prepend(samples), input));
        for (int i = 0; i < outputs.Count; i++)
        {
            Scatter(batch, i, outputs[i].Read<float>());
        }
    }

    private ReadOnlySpan<float> Gather(List<BatchRequest> batch, int samples)
    {
        Grow(ref _input, samples * _sample);
        int at = 0;
        foreach (BatchRequest request in batch)
        {
            int length = request.Samples * _sample;
            request.Input.Span[..length].CopyTo(_input.AsSpan(at, length));
            at += length;
        }

        return _input.AsSpan(0, at);
    }

    private void Scatter(List<BatchRequest> batch, int output, ReadOnlySpan<float> values)
    {
        int at = 0;
        foreach (BatchRequest request in batch)
        {
            if (output == 0)
            {
                request.Outputs = new float[_lengths.Length][];
            }

            int length = request.Samples * _lengths[output];
            request.Outputs[output] = values.Slice(at, length).ToArray();
            at += length;
        }
    }

    private static void Grow(ref float[] memory, int length)
    {
        if (memory.Length < length)
        {
            memory = new float[length];
        }
    }
}
