using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier.Accelerated;

/// <summary>A model that is run on a device. Calls of several threads take turns.</summary>
internal sealed class AcceleratedRunnable : IRunnable
{
    private const int Plans = 4; // for images of a few sizes

    private readonly Device _device;
    private readonly Model _prepared;
    private readonly DeviceParameters _parameters;
    private readonly List<AcceleratedPlan> _plans = []; // the one used last comes last

    internal AcceleratedRunnable(Device device, Model model, RunOptions options)
    {
        (Graph, _device) = (model.Graph, device);
        _prepared = Predictor.Prepared(model, new PredictorOptions { Unfolded = options.Unfolded });
        lock (device.Gate)
        {
            _parameters = new DeviceParameters(device, _prepared);
            PlanFor(model.Graph.ShapeOf(model.Graph.Input.Name));
        }
    }

    public Graph Graph { get; }

    public IReadOnlyList<Tensor> RunAll(Tensor input)
    {
        SampleBatch.Require(input);
        lock (_device.Gate)
        {
            return PlanFor(input.Shape.WithoutFirst()).Run(input);
        }
    }

    private AcceleratedPlan PlanFor(Shape sample)
    {
        AcceleratedPlan? plan = _plans.Find(plan => plan.Sample == sample);
        if (plan is null)
        {
            if (_plans.Count == Plans)
            {
                _plans[0].Dispose();
                _plans.RemoveAt(0);
            }

            plan = new AcceleratedPlan(_device, _prepared.WithInput(sample), _parameters);
        }

        _plans.Remove(plan);
        _plans.Add(plan);
        return plan;
    }

    public void Dispose()
    {
        lock (_device.Gate)
        {
            _plans.ForEach(plan => plan.Dispose());
            _plans.Clear();
            _parameters.Dispose();
        }
    }
}
