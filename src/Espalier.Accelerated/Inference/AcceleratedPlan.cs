using System.Collections.Immutable;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace Espalier.Accelerated;

/// <summary>A folded model for samples of one shape: ops in order, and the places of values in one block of device memory.</summary>
internal sealed class AcceleratedPlan : IDisposable
{
    /// <summary>Bytes of values; larger batches are computed in several passes.</summary>
    internal const long UsualBytes = 1L << 30;

    private readonly Device _device;
    private readonly Graph _graph;
    private readonly DeviceParameters _parameters;
    private readonly ImmutableArray<FusedNode> _groups;
    private readonly Dictionary<string, DeviceOp> _ops = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DeviceValue> _values = new(StringComparer.Ordinal);
    private readonly InputFeed _feed;
    private ArrayView<float> _images; // of the current pass
    private MemoryBuffer1D<float, Stride1D.Dense> _arena;
    private int _most; // samples that are computed at once

    /// <param name="device">The device.</param>
    /// <param name="model">The model, as it is run.</param>
    /// <param name="parameters">Its parameters on the device.</param>
    /// <param name="bytes">Bytes of values that are wanted for a batch.</param>
    internal AcceleratedPlan(Device device, Model model, DeviceParameters parameters, long bytes = UsualBytes)
    {
        (_device, _graph, _parameters) = (device, model.Graph, parameters);
        Sample = _graph.ShapeOf(_graph.Input.Name);
        _groups = Fusion.Group(_graph, new IntegerValues(model), fusesNorms: false);
        foreach (FusedNode group in _groups)
        {
            if (IsSame(group))
            {
                _values[group.Result.Name] = _values[group.Node.Inputs[0]];
                continue;
            }

            _values[group.Result.Name] = new DeviceValue(group.Result.Name, checked((int)_graph.ShapeOf(group.Result.Name).Count));
            if (group.Node.Op is not Input)
            {
                _ops[group.Node.Name] = OpTable.Create(device, _graph, group.Node);
            }
        }

        Length = MemoryPlan.Place(Lifetimes());
        _most = (int)Math.Clamp(bytes / (sizeof(float) * Math.Max(1, Length)), 1, int.MaxValue);
        _arena = device.Allocate<float>(Length); // a model that does not fit is refused here
        _feed = new InputFeed(device);
    }

    /// <summary>Numbers of one sample in memory, without its image.</summary>
    internal long Length { get; }

    /// <summary>Samples that there is memory for.</summary>
    internal int Capacity { get; private set; } = 1;

    /// <summary>The shape of a sample.</summary>
    internal Shape Sample { get; }

    /// <summary>Computes all outputs of a batch.</summary>
    internal IReadOnlyList<Tensor> Run(Tensor input)
    {
        int batch = input.Shape[0], atOnce = Reserve(batch);
        Tensor[] results = [.. _graph.Outputs.Select(name => Tensor.Zeros(_graph.ShapeOf(name).Prepend(batch)))];
        ReadOnlySpan<float> images = input.Read<float>();
        int length = _values[_graph.Input.Name].Length * atOnce, passes = (batch + atOnce - 1) / atOnce;
        _feed.Begin(0, images[..Math.Min(length, images.Length)]);
        for (int pass = 0; pass < passes; pass++)
        {
            (int first, int count) = (pass * atOnce, Math.Min(atOnce, batch - (pass * atOnce)));
            _images = _feed.Await(pass);
            foreach (FusedNode group in _groups.Where(group => _ops.ContainsKey(group.Node.Name)))
            {
                Run(group, count);
            }

            if (pass + 1 < passes)
            {
                ReadOnlySpan<float> rest = images[((pass + 1) * length)..];
                _feed.Begin(pass + 1, rest[..Math.Min(length, rest.Length)]); // while the device computes
            }

            foreach ((int i, string name) in _graph.Outputs.Index())
            {
                DeviceValue output = _values[name];
                _device.Read(View(output, count), results[i].Write<float>().Slice(first * output.Length, count * output.Length));
            }
        }

        return results;
    }

    // As many samples at once as are wanted and memory suffices for.
    private int Reserve(int batch)
    {
        for (; Math.Min(batch, _most) > Capacity; _most = Math.Max(Capacity, Math.Min(batch, _most) / 2))
        {
            int wanted = Math.Min(batch, _most);
            if (_device.TryAllocate<float>(Length * wanted) is { } larger)
            {
                _device.Synchronize(); // a kernel may still use the old memory
                _arena.Dispose();
                (_arena, Capacity) = (larger, wanted);
                break;
            }
        }

        return Math.Min(batch, Capacity);
    }

    private void Run(FusedNode group, int count)
    {
        DeviceOp op = _ops[group.Node.Name];
        ArrayView<float> output = View(_values[group.Result.Name], count);
        var activation = new DeviceActivation(group.Activation);
        op.Forward(new ForwardCall
        {
            Samples = count,
            Inputs = [.. group.Node.Inputs.Select(name => View(_values[name], count))],
            Output = output,
            Parameter = _parameters.Of(group.Node),
            Version = 0,
            Residual = group.Residual is null ? default : View(_values[group.Residual], count),
            Activation = activation,
        });
        if (!op.HasEpilogue && !activation.IsIdentity)
        {
            Elementwise.Activate(_device, output, activation, output);
        }
    }

    private ArrayView<float> View(DeviceValue value, int count) =>
        value == _values[_graph.Input.Name] ? _images.SubView(0, (long)value.Length * count) : _arena.View.SubView(value.Offset * count, (long)value.Length * count);

    // What a group makes has the numbers of its input, in the same order: it is the same value.
    private static bool IsSame(FusedNode group) => group.Node.Op is Flatten or Dropout;

    private IEnumerable<Lifetime> Lifetimes()
    {
        var lifetimes = new Dictionary<DeviceValue, Lifetime>(ReferenceEqualityComparer.Instance);
        foreach ((int i, FusedNode group) in _groups.Index())
        {
            foreach (string name in group.Reads.Append(group.Result.Name))
            {
                Use(_values[name], i);
            }
        }

        foreach (string output in _graph.Outputs)
        {
            Use(_values[output], _groups.Length);
        }

        lifetimes.Remove(_values[_graph.Input.Name]); // the images have memory of their own
        return lifetimes.Values;

        void Use(DeviceValue value, int step) =>
            lifetimes[value] = lifetimes.TryGetValue(value, out Lifetime? before) ? before with { Last = step } : new Lifetime(value, step, step);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _arena.Dispose();
        _feed.Dispose();
        foreach (DeviceOp op in _ops.Values)
        {
            op.Dispose();
        }
    }
}
